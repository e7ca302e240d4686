"""A package only so that browser and server can be started once for it: pytest ends what has that scope with it."""
