/** The commands of the command line: each reads its options, calls one thing, and prints. */
package io.nocturne.config.cli;
