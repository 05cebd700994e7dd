/** What this machine and this JVM offer: asked or measured, never assumed. */
package io.nocturne.config.host;
