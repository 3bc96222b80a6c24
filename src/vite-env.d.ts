// What Vite adds to modules: import.meta.env, and imports of assets and styles.
/// <reference types="vite/client" />
