"""From a scenario to a monthly plan: what is computed, not how it looks."""
