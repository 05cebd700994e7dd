/** UniFMIR networks (Ma et al., Nature Methods 2024) as ONNX graphs, made from a checkpoint's parameters. */
package io.nocturne.inference.unifmir;
