"""What the review asks: the typed configuration."""
