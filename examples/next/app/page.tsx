// The first page is that of the generations.

import { redirect } from "next/navigation";

export default function Home(): never {
  redirect("/generations");
}
