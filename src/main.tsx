// The page's start: the shell stands at once, and the session opens behind it.

import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { openPlayground } from './playground/playground.ts'
import { App } from './ui/App.tsx'
import { whileOpening } from './ui/opening.ts'

const root = document.getElementById('root')
if (!root) throw new Error('broken assumption: index.html has an element #root')
createRoot(root).render(
  <StrictMode>
    <App playground={whileOpening(openPlayground())} />
  </StrictMode>,
)
