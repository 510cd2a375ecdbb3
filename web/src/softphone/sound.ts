// Everything this page plays: the far end's voice, and a short tone that
// announces a call. A browser may refuse sound until a key is pressed.

export class Sound {
  readonly context: AudioContext | null;
  private readonly voice = document.createElement("audio");

  constructor(private readonly blocked: (yes: boolean) => void) {
    this.context = typeof AudioContext === "undefined" ? null : new AudioContext();
    this.voice.autoplay = true;
    this.voice.setAttribute("data-testid", "remote-audio");
    document.body.append(this.voice);
  }

  /** Plays the far end. */
  play(stream: MediaStream): void {
    this.voice.srcObject = stream;
    this.resume();
  }

  silence(): void {
    this.voice.srcObject = null;
    this.blocked(false);
  }

  /** Tries again, typically inside a key press: then the browser allows it. */
  resume(): void {
    void this.context?.resume().catch(() => undefined);
    if (this.voice.srcObject === null) return;
    this.voice.play().then(() => this.blocked(false), (error: unknown) => this.blocked(error instanceof DOMException && error.name === "NotAllowedError"));
  }

  /** Two short notes, quiet: a call is coming. */
  announce(): void {
    if (this.context?.state !== "running") return;
    [660, 880].forEach((pitch, i) => this.note(pitch, i * 0.13));
  }

  private note(pitch: number, delay: number): void {
    const context = this.context;
    if (context === null) return;
    const at = context.currentTime + delay;
    const gain = new GainNode(context, { gain: 0.08 });
    const tone = new OscillatorNode(context, { frequency: pitch });
    tone.connect(gain).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.11);
  }

  close(): void {
    this.voice.remove();
    void this.context?.close().catch(() => undefined);
  }
}
