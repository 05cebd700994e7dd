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
 *   <li>A hung run can't be killed, only asked to end, and ends at its next operator. A lane closed meanwhile is freed by
 *       the run's own thread, never under it.
 * </ul>
 */
package io.nocturne.inference.onnx;
