/**
 * Safetensors files and the folders of Hugging Face's hub that are made of them: dense, GPTQ, AWQ, compressed-tensors
 * and auto-round. Knows nothing of the model's code.
 */
package io.quern.safetensors;
