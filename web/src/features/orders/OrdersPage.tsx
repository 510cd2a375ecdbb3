// The store's work orders: what was done, by whom, for how much, and whether the customer was called.
import { ListPage } from "../../lists/ListPage";

export default function OrdersPage() {
  return <ListPage list="orders" icon="list" first={{ title: "lists.noOrders", text: "lists.noOrdersText" }} />;
}
