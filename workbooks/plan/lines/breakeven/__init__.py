"""When own nodes cost less than the rival: by month, in volume, as a staircase, by filling."""
