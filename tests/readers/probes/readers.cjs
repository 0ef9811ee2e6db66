// What a reader written in JavaScript makes of some files: `node readers.cjs READER FILE…`, as readers.py does it for those in Python.
const fs = require('node:fs')
const path = require('node:path')
const { createRequire } = require('node:module')

const load = createRequire(path.join(process.env.READERS, 'package.json'))

const readers = {
  async npm(file) {
    const Config = load('@npmcli/config')
    const { definitions, shorthands, flatten } = load('@npmcli/config/lib/definitions')
    const folder = path.dirname(file)
    const argv = [process.execPath, 'npm', '--userconfig', file]
    const config = new Config({ npmPath: folder, definitions, shorthands, flatten, argv, env: process.env, cwd: folder, execPath: process.execPath, platform: 'linux' })
    await config.load()
    return config.get('//registry.example.com/:_authToken', 'user')
  },
  dotenv: file => load('dotenv').parse(fs.readFileSync(file)).API_KEY,
  dotenv_expand(file) {
    const parsed = load('dotenv').parse(fs.readFileSync(file))
    return load('dotenv-expand').expand({ parsed, processEnv: { ...process.env } }).parsed.API_KEY
  },
}

async function main([name, ...files]) {
  const answers = []
  for (const file of files) {
    try {
      const value = await readers[name](file)
      answers.push({ value: value === undefined ? null : value })
    } catch (error) {
      answers.push({ error: error.constructor.name })
    }
  }
  console.log(JSON.stringify(answers))
}

main(process.argv.slice(2))
