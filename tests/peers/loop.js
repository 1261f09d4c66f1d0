// Preloaded with `node -r`: every server that names no host listens on loopback only, whatever package starts it.
const { Server } = require('node:net')

const listen = Server.prototype.listen
Server.prototype.listen = function (first, second, ...rest) {
  if (typeof first === 'number' && typeof second !== 'string') {
    return listen.call(this, first, '127.0.0.1', ...(second === undefined ? [] : [second]), ...rest)
  }
  if (first && typeof first === 'object' && first.port !== undefined && !first.host) {
    return listen.call(this, { ...first, host: '127.0.0.1' }, ...(second === undefined ? [] : [second]), ...rest)
  }
  return listen.call(this, first, ...(second === undefined ? [] : [second]), ...rest)
}
