"""The values that flow through the house: immutable named tuples, standard library only."""
