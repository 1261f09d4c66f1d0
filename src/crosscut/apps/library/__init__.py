"""Assets, their immutable versions and derived renditions, and the licences that say what may be done with them."""
