import { useEffect, useState } from "react";

export function Orders() {
  const [orders, setOrders] = useState([]);
  useEffect(() => {
    fetch("/api/orders").then((answer) => answer.json()).then(setOrders);
  }, []);
  return <ul>{orders.map((order) => <li key={order}>{order}</li>)}</ul>;
}
