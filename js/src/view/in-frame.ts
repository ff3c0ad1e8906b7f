// Does something in the page's next frame, once, however often it is asked for.

export class InFrame {
  private frame: number | null = null;

  constructor(private readonly work: () => void) {}

  request(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.work();
    });
  }

  stop(): void {
    if (this.frame !== null) cancelAnimationFrame(this.frame);
  }
}
