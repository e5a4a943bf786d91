"""What a board sees beside the verdict: figures, thresholds, sources and their age."""
