// Drawing on canvas: sharp at any pixel ratio, in the colours that CSS holds, so that theme and files look the same everywhere.

/** Sets the canvas to its size in device pixels and returns its context in CSS pixels, cleared. */
function freshContext(canvas: HTMLCanvasElement, widthPx: number, heightPx: number): CanvasRenderingContext2D | undefined {
  const ratio = devicePixelRatio || 1
  canvas.width = Math.round(widthPx * ratio)
  canvas.height = Math.round(heightPx * ratio)
  const context = canvas.getContext('2d') ?? undefined
  context?.scale(ratio, ratio)
  return context
}

/** A line through the values, as lowest and highest per pixel, so that no spike is lost. */
export function paintPlot(canvas: HTMLCanvasElement, values: ArrayLike<number>, widthPx: number, heightPx: number): void {
  const context = freshContext(canvas, widthPx, heightPx)
  if (!context || values.length < 2) return
  const { low, high } = rangeOf(values)
  const span = high - low || 1
  const yOf = (value: number): number => heightPx - 2 - ((value - low) / span) * (heightPx - 4)
  context.strokeStyle = coloursOf(canvas)('--accent')
  context.lineWidth = 1.25
  context.beginPath()
  const perPixel = values.length / widthPx
  if (perPixel <= 1) {
    for (let i = 0; i < values.length; i++) context.lineTo((i / (values.length - 1)) * widthPx, yOf(finite(values[i])))
  } else {
    for (let x = 0; x < widthPx; x++) {
      const from = Math.floor(x * perPixel)
      const { low: least, high: most } = rangeOf(values, from, Math.max(from + 1, Math.floor((x + 1) * perPixel)))
      context.lineTo(x, yOf(least))
      context.lineTo(x, yOf(most))
    }
  }
  context.stroke()
}

/** Over the finite values; 0 to 0 where there are none. */
export function rangeOf(values: ArrayLike<number>, from = 0, to = values.length): { low: number; high: number } {
  let low = Infinity
  let high = -Infinity
  for (let i = from; i < to; i++) {
    const value = values[i]
    if (value === undefined || !Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return low > high ? { low: 0, high: 0 } : { low, high }
}

/** Calls back when CSS has other colours, whoever chose them: the person, or the system that the page follows. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => observer.disconnect()
}

function coloursOf(element: Element): (name: string) => string {
  const style = getComputedStyle(element)
  return (name) => style.getPropertyValue(name).trim()
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0
}
