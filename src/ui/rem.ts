// The reader's text size in pixels, whoever sets it: our own A+, the browser's settings, or an extension.

export function rootRemPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}

/** Calls back when the text size changes, and once soon after the start. */
export function onRemChange(listener: () => void): () => void {
  const probe = document.createElement('div')
  probe.className = 'rem-probe'
  probe.ariaHidden = 'true'
  document.body.append(probe)
  const observer = new ResizeObserver(listener)
  observer.observe(probe)
  return () => {
    observer.disconnect()
    probe.remove()
  }
}
