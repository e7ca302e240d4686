"""A dossier's life: reception, tasks, hand-overs, supplements, money, papers, and the log of all that happened."""
