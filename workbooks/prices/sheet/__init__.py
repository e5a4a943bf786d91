"""Price sheets as vendors send them: found, read cell by cell, and never believed blindly."""
