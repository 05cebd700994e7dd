/**
 * ONNX Runtime, and nothing else of ours may import it.
 *
 * <p>Decisions
 *
 * <ul>
 *   <li>Tensors lie on direct memory of ours, inputs and outputs alike: a run copies nothing and allocates some hundred
 *       bytes. On a GPU each run copies both ways, since ONNX Runtime's Java API (1.29) has no device memory; that would
 *       change our mind.
 *   <li>Buffers in foreign byte order are refused where tensors are made: ONNX Runtime takes them for native and computes
 *       garbage without a word. Provider settings pass a list of known keys for the same reason.
 *   <li>The CPU never stands in for a GPU unasked; with no permission the session is opened so that ONNX Runtime itself
 *       refuses models of which parts would run on the CPU.
 *   <li>TensorRT's engines lie in a folder per model hash, GPU, driver, ONNX Runtime and TensorRT. ONNX Runtime's own file
 *       names tell only some of these apart, and an engine of another version fails late or computes wrongly. None of this
 *       has met a GPU yet; the first that it meets may change our mind.
 *   <li>Warming up runs one batch of tiles, not a whole product, and tells from it what a product takes: on a CPU a frame of
 *       a large network takes a minute, an isotropic volume hours.
 *   <li>A hung run can't be killed, only asked to end, and ends at its next operator. A lane closed meanwhile is freed by
 *       the run's own thread, never under it.
 * </ul>
 */
package io.nocturne.inference.onnx;
