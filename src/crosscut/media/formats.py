"""The demuxers that may open a file: what `sniff` lets in; above all no playlists, which would lead to other files."""

DEMUXERS = "mov,mp4,m4a,3gp,matroska,webm,avi,flv,asf,mpegts,mpeg,mpegvideo,mxf,ogg,wav,aiff,flac,mp3,aac"
