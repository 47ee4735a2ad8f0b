/** Pretraining: what the driver does around the ranks, and what each rank runs. */
package io.sparktron.pretrain;
