/** What cameras cost: Micro-Manager's core, real or fake, and the plugin's wire. */
package io.nocturne.bench.camera;
