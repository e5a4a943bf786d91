"""The rules of good modelling, a family to a file; how they are run and told stands above."""
