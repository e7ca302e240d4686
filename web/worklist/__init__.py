"""What is to be done: the open tasks that a person may take."""
