// Drives real browsers for the end-to-end tests: one JSON command a line on
// stdin, one JSON answer a line on stdout. The tests themselves, and what they
// promise, are in cmd/ringback/e2e.
import { chromium } from 'playwright-core'
import readline from 'node:readline'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const browsers = new Map()
const pages = new Map()

const base = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--allow-loopback-in-peer-connection', '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required',
]

const ops = {
  // microphone: "fake" (a pretended one that is allowed), "none" (allowed, but no device) or "refused"
  // silent: sound needs a key press first. Chromium lets pages play that hold a microphone; other browsers do not, so this one is made to refuse as they do
  async launch({ page, wav, locale = 'zh-CN', width = 1440, height = 900, microphone = 'fake', silent = false }) {
    const lacking = { none: ['--use-fake-device-for-media-stream'], refused: ['--use-fake-ui-for-media-stream'], fake: [] }[microphone]
    const args = [...base.filter((arg) => !lacking.includes(arg)), ...(wav ? [`--use-file-for-fake-audio-capture=${wav}`] : [])]
    const browser = await chromium.launch({ executablePath, headless: true, args })
    const context = await browser.newContext({ locale, viewport: { width, height }, timezoneId: 'UTC', permissions: microphone === 'refused' ? [] : ['microphone'] })
    await context.addInitScript(() => {
      localStorage.setItem('rb_test', '1')
      localStorage.setItem('rb_audio', 'raw')
    })
    if (silent) await context.addInitScript(refuseSound)
    const p = await context.newPage()
    p.setDefaultTimeout(30000)
    p.troubles = []
    p.on('pageerror', (e) => p.troubles.push(String(e)))
    browsers.set(page, browser)
    pages.set(page, p)
  },
  async goto({ p, url }) { await p.goto(url) },
  async reload({ p }) { await p.reload() },
  async fill({ p, at, text }) { await p.fill(at, text) },
  async click({ p, at }) { await p.click(at) },
  async press({ p, key }) { await p.keyboard.press(key) },
  async type({ p, text }) { await p.keyboard.type(text) },
  async upload({ p, at, file }) { await p.setInputFiles(at, file) },
  async wait({ p, at, state = 'visible', timeout = 30000 }) { await p.waitForSelector(at, { state, timeout }) },
  async text({ p, at }) { return p.textContent(at) },
  async count({ p, at }) { return p.locator(at).count() },
  async eval({ p, code }) { return p.evaluate(code) },
  // waits until a JavaScript expression in the page is true
  async until({ p, code, timeout = 30000 }) {
    const end = Date.now() + timeout
    for (;;) {
      // a page that is being left answers with an error: it is asked again
      if (await p.evaluate(code).catch(() => false)) return
      if (Date.now() > end) throw new Error(`not within ${timeout} ms`)
      await new Promise((again) => setTimeout(again, 50))
    }
  },
  async shot({ p, file }) { await p.screenshot({ path: file }) },
  async troubles({ p }) { return p.troubles },
  // what the agent hears, as 8 kHz 16-bit little-endian samples in base64
  async record({ p, ms }) { return p.evaluate(record, ms) },
  async close({ page }) {
    await browsers.get(page)?.close()
    browsers.delete(page)
    pages.delete(page)
  },
}

function refuseSound() {
  const play = HTMLMediaElement.prototype.play
  let pressed = false
  addEventListener('keydown', () => (pressed = true), true)
  HTMLMediaElement.prototype.play = function () {
    return pressed ? play.call(this) : Promise.reject(new DOMException('a key must be pressed first', 'NotAllowedError'))
  }
}

async function record(ms) {
  const stream = window.__ringback.remoteStream()
  const ctx = new AudioContext({ sampleRate: 8000 })
  await ctx.resume()
  const source = ctx.createMediaStreamSource(stream)
  const tap = ctx.createScriptProcessor(1024, 1, 1)
  const out = []
  tap.onaudioprocess = (e) => out.push(Float32Array.from(e.inputBuffer.getChannelData(0)))
  source.connect(tap)
  tap.connect(ctx.destination)
  await new Promise((done) => setTimeout(done, ms))
  source.disconnect()
  await ctx.close()
  const pcm = new Int16Array(out.reduce((n, c) => n + c.length, 0))
  let i = 0
  for (const chunk of out) for (const v of chunk) pcm[i++] = Math.max(-1, Math.min(1, v)) * 32767
  const bytes = new Uint8Array(pcm.buffer)
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const c = JSON.parse(line)
  const run = async () => {
    try {
      const result = await ops[c.op]({ ...c, p: pages.get(c.page) })
      process.stdout.write(JSON.stringify({ id: c.id, result: result ?? null }) + '\n')
    } catch (e) {
      process.stdout.write(JSON.stringify({ id: c.id, error: String(e?.message ?? e) }) + '\n')
    }
  }
  void run() // two agents work at the same time
}
for (const b of browsers.values()) await b.close()
