"""The sheets about how sure a plan is: draws, what they are of, and two inputs moved at once."""
