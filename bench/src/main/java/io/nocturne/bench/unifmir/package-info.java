/**
 * UniFMIR's formulations against each other and against PyTorch. All stay here, the slower ones too: which is fastest depends
 * on the processor.
 */
package io.nocturne.bench.unifmir;
