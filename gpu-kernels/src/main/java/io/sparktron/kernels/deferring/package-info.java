/**
 * A host backend that behaves like the most reluctant GPU: nothing runs before an order or a read demands it. Work of two queues
 * with no order between them, and memory handed out again too early, therefore show as wrong numbers in any test that passes through
 * here, long before a GPU is at hand.
 */
package io.sparktron.kernels.deferring;
