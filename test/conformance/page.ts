// The page in which scenarios run with hosts in workers. It runs what it is asked, one scenario at a time.

import { workerDriver } from '../../src/host/workerDriver.ts'
import { runOnHosts } from './hosts.ts'
import type { Mode, Outcome, Scenario } from './runner.ts'

export interface Asked {
  scenario: Scenario
  mode: Mode
  deviates: boolean
}

declare global {
  interface Window {
    famfsConformance?: (asked: Asked) => Promise<Outcome>
  }
}

const driver = workerDriver()

window.famfsConformance = ({ scenario, mode, deviates }) => runOnHosts(driver, scenario, { mode, deviates })
