export default function Page() {
  return <h1>Today: {process.env.NEXT_PUBLIC_DISH ?? "soup"}</h1>;
}
