"""The agency: claiming a task, seeing what it is about, deciding it."""
