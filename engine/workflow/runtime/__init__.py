"""What SpiffWorkflow's tree of tasks does at each kind of element.

SpiffWorkflow keeps the tree, the states and the life of a task (`_update`, `_ready`, `run`, `complete`). What an
element does when a token reaches it, and who gets the token next, is ours: nothing is predicted, variables belong to a
scope and not to a task, and finished tasks leave the tree at once, so a state never grows with the number of steps.
"""

import logging

for _name in ("spiff", "spiff.task", "spiff.workflow"):
    # Each change of a task's state would be logged, with the task's data at the finer levels.
    logging.getLogger(_name).setLevel(logging.WARNING)
