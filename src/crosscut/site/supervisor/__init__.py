"""What `crosscut up` does: starts every part of the product here, keeps it running, tells how it is, and stops it."""
