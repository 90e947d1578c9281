"""Plans: the official documents, their sections, tasks, responsible parties and milestones."""
