"""Which hardware serves a load: the shipped tables joined with the sizing model."""
