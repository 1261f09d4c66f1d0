"""The worked campaign that `crosscut demo` plays on real media, through the same services as everything else."""
