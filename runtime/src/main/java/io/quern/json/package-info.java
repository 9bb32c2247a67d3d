/** JSON texts of checkpoints (configurations, tokenizers, headers) to plain Java values. Internal. */
package io.quern.json;
