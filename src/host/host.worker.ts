// A worker is one host. It knows of the page only what the driver tells it.

import { expose } from 'comlink'
import { HostServer } from './hostServer.ts'

expose(new HostServer())
