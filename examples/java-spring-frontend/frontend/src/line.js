export const line = (orders) => orders.map((order) => order.item).join(", ");
