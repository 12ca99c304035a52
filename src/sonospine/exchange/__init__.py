"""Exchange: the review's tables in the forms that other tools write and read."""
