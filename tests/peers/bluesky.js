// A Bluesky network of one's own on loopback: account server (PDS) and directory (PLC), and with DB_POSTGRES_URL and REDIS_HOST set also
// the public view (AppView). Prints one line of JSON when it is ready.
const { createRequire } = require('node:module')
const path = require('node:path')

const find = createRequire(path.join(process.cwd(), 'package.json'))
const { TestNetwork, TestNetworkNoAppView } = find('@atproto/dev-env')
const [pdsPort, plcPort, bskyPort, ozonePort] = process.env.PORTS.split(',').map(Number)
const dbPostgresUrl = process.env.DB_POSTGRES_URL

const pds = { port: pdsPort, hostname: 'localhost', inviteRequired: false, enableDidDocWithSession: true }
const plc = { port: plcPort }
const bsky = { port: bskyPort, dbPostgresUrl, dbPostgresSchema: 'bsky', publicUrl: `http://localhost:${bskyPort}` }
const ozone = {
  port: ozonePort,
  dbPostgresUrl,
  dbPostgresSchema: 'ozone',
  chatUrl: 'http://localhost:9',
  chatDid: 'did:example:chat',
}

async function main() {
  const network = dbPostgresUrl
    ? await TestNetwork.create({ dbPostgresSchema: 'crosscut', pds, plc, bsky, ozone })
    : await TestNetworkNoAppView.create({ pds, plc })
  process.stdout.write(JSON.stringify({ pds: network.pds.url, appview: network.bsky?.url ?? '' }) + '\n')
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`)
  process.exit(1)
})
