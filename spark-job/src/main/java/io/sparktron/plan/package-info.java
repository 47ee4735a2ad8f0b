/** What a training would need, before there is a cluster or a dataset: parameters, memory, operations, communication, and the layouts that are legal. */
package io.sparktron.plan;
