// The page's address says what is set, as soon as nobody changes it for a moment; and what an address says that somebody
// follows while the lab is open is set. No step of the browser's history is made of it.

import { useEffect } from 'react'
import { beside } from '../dump/beside.ts'
import { isLabHash, LAB_HASH } from './address.ts'
import type { Chooser } from './choices.ts'
import { linkOf, readLink } from './link.ts'
import { useChooser } from './useChoices.ts'

/** Browsers take a hundred changes in half a minute. */
const CALM_MS = 400

export function useAddress(): void {
  const chooser = useChooser()
  useEffect(() => {
    const before = isLabHash(location.hash) ? '' : location.hash
    const follow = (): void => {
      // What the lab alone asks for is there already.
      if (location.hash.startsWith(`${LAB_HASH}?`) && location.hash !== addressOf(chooser)) void chooser.follow(readLink(location.hash))
      else writeAddress(chooser)
    }
    // The browser's own way back leads to the scene.
    const onHash = (): void => (isLabHash(location.hash) ? follow() : beside.show(undefined))
    if (isLabHash(location.hash)) follow()
    else setHash(addressOf(chooser) ?? LAB_HASH)
    addEventListener('hashchange', onHash)
    return () => {
      removeEventListener('hashchange', onHash)
      if (isLabHash(location.hash)) setHash(before)
    }
  }, [chooser])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let known = chooser.state()
    const onChange = (): void => {
      const now = chooser.state()
      if (now.lab === known.lab && now.setup === known.setup && now.source === known.source && now.isHalfWay === known.isHalfWay) return
      known = now
      clearTimeout(timer)
      timer = setTimeout(() => writeAddress(chooser), CALM_MS)
    }
    const forget = chooser.subscribe(onChange)
    timer = setTimeout(() => writeAddress(chooser), CALM_MS)
    return () => {
      forget()
      clearTimeout(timer)
    }
  }, [chooser])
}

/** At once, for who takes it away. */
export function writeAddress(chooser: Chooser): void {
  const address = addressOf(chooser)
  if (address !== undefined && isLabHash(location.hash) && location.hash !== address) setHash(address)
}

/** Undefined until it is known what stands in the editor. */
function addressOf(chooser: Chooser): string | undefined {
  const choices = chooser.state()
  return choices.lab && linkOf(choices, choices.lab.examples)
}

function setHash(hash: string): void {
  history.replaceState(history.state, '', hash === '' ? location.pathname + location.search : hash)
}
