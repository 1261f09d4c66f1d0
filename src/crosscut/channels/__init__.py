"""Outside places a post can go to, each one folder that implements `crosscut.channels.protocol`."""
