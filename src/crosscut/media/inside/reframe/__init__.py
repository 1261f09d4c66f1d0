"""Where to look: faces, motion and saliency."""
