// The sample that is there to start with.

export const SAMPLE = `{
  "order_id": "A-1007",
  "placed_at": "2025-11-21T09:30:00Z",
  "customer": {
    "id": 42,
    "name": "Ada Lovelace",
    "email": null,
    "addresses": [
      { "type": "home", "street": "12 St James's Square", "city": "London" },
      { "type": "work", "street": "5 Analytical Row", "city": "London", "floor": 3 }
    ]
  },
  "items": [
    { "sku": "pen-07", "quantity": 3, "unit-price": 1.2, "tags": ["blue", "fine"] },
    { "sku": "ink-02", "quantity": 1, "unit-price": 4, "discount": { "percent": 10 } },
    { "sku": "pad-11", "quantity": 2, "unit-price": 2.5, "note": "ruled" }
  ],
  "shipping": {
    "carrier": "post",
    "address": { "street": "12 St James's Square", "city": "London" },
    "events": [
      { "at": 1763717400, "what": "picked" },
      { "at": 1763721000, "what": "packed", "by": "Grace" }
    ]
  },
  "serial": 18446744073709551615,
  "paid": true
}
`;
